ALTER TABLE "orders"."orders" ADD COLUMN "answered_version" integer;--> statement-breakpoint
ALTER TABLE "orders"."order_timeline" ADD COLUMN "shortages" jsonb;--> statement-breakpoint
CREATE INDEX "orders_idle" ON "orders"."orders" USING btree ("updated_at") WHERE status in ('PLACED', 'RESERVED');