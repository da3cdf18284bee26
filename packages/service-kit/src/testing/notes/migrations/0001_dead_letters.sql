CREATE TABLE "notes"."dead_letters" (
	"consumer" text NOT NULL,
	"event_id" uuid NOT NULL,
	"state" text NOT NULL,
	"reason" text NOT NULL,
	"error" text,
	"attempts" integer DEFAULT 1 NOT NULL,
	"type" text,
	"body" text NOT NULL,
	"first_failed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_failed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "dead_letters_consumer_event_id_pk" PRIMARY KEY("consumer","event_id")
);
