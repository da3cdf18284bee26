CREATE TABLE "notifications"."bounces" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"address_hash" text NOT NULL,
	"count" integer NOT NULL,
	"bounced_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notifications"."quiet_hours" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"start_minute" smallint NOT NULL,
	"end_minute" smallint NOT NULL,
	"time_zone" text NOT NULL,
	CONSTRAINT "quiet_hours_minutes" CHECK (start_minute between 0 and 1439 and end_minute between 0 and 1439),
	CONSTRAINT "quiet_hours_not_always" CHECK (start_minute <> end_minute)
);
--> statement-breakpoint
ALTER TABLE "notifications"."deliveries" ADD COLUMN "address_hash" text;--> statement-breakpoint
ALTER TABLE "notifications"."webhooks" ADD COLUMN "failures_in_row" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications"."webhooks" ADD COLUMN "failing_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "notifications"."webhooks" ADD COLUMN "last_failure" text;--> statement-breakpoint
ALTER TABLE "notifications"."webhooks" ADD COLUMN "disabled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "notifications"."webhooks" ADD COLUMN "disabled_reason" text;--> statement-breakpoint
ALTER TABLE "notifications"."webhooks" ADD CONSTRAINT "webhooks_disabled_for_a_reason" CHECK ((disabled_at is null) = (disabled_reason is null));--> statement-breakpoint
ALTER TABLE "notifications"."webhooks" ADD CONSTRAINT "webhooks_failing_since" CHECK ((failures_in_row = 0) = (failing_since is null));