CREATE SCHEMA "usage";
--> statement-breakpoint
CREATE TABLE "usage"."counts" (
	"hour" timestamp with time zone NOT NULL,
	"line" text NOT NULL,
	"client" text NOT NULL,
	"version" text NOT NULL,
	"operation" text NOT NULL,
	"document" text NOT NULL,
	"coordinate" text NOT NULL,
	"count" bigint NOT NULL,
	CONSTRAINT "counts_hour_line_client_version_document_coordinate_pk" PRIMARY KEY("hour","line","client","version","document","coordinate")
);
