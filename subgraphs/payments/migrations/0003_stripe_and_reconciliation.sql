CREATE TABLE "payments"."reconciliation_differences" (
	"id" uuid PRIMARY KEY NOT NULL,
	"run_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"payment_id" uuid,
	"our_status" text,
	"our_minor" integer,
	"our_currency" text,
	"provider_status" text,
	"provider_minor" integer,
	"provider_currency" text,
	"at" timestamp with time zone NOT NULL,
	"found_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payments"."reconciliation_resolutions" (
	"difference_id" uuid PRIMARY KEY NOT NULL,
	"run_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payments"."reconciliation_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"slot" timestamp with time zone NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	"entries" integer,
	CONSTRAINT "reconciliation_runs_slot_unique" UNIQUE("slot")
);
--> statement-breakpoint
CREATE TABLE "payments"."stripe_charges" (
	"key" uuid PRIMARY KEY NOT NULL,
	"intent_id" text
);
--> statement-breakpoint
ALTER TABLE "payments"."refunds" ADD COLUMN "answer" jsonb;--> statement-breakpoint
ALTER TABLE "payments"."reconciliation_differences" ADD CONSTRAINT "reconciliation_differences_run_id_reconciliation_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "payments"."reconciliation_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments"."reconciliation_resolutions" ADD CONSTRAINT "reconciliation_resolutions_difference_id_reconciliation_differences_id_fk" FOREIGN KEY ("difference_id") REFERENCES "payments"."reconciliation_differences"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments"."reconciliation_resolutions" ADD CONSTRAINT "reconciliation_resolutions_run_id_reconciliation_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "payments"."reconciliation_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reconciliation_differences_run" ON "payments"."reconciliation_differences" USING btree ("run_id");
--> statement-breakpoint
-- By hand: what reconciliation has found stays found.
CREATE FUNCTION "payments"."refuse_reconciliation_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'what reconciliation has found is append-only' USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER "reconciliation_differences_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "payments"."reconciliation_differences"
	FOR EACH STATEMENT EXECUTE FUNCTION "payments"."refuse_reconciliation_change"();
--> statement-breakpoint
CREATE TRIGGER "reconciliation_resolutions_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "payments"."reconciliation_resolutions"
	FOR EACH STATEMENT EXECUTE FUNCTION "payments"."refuse_reconciliation_change"();
