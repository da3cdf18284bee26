CREATE TABLE "orders"."return_requests" (
	"return_id" uuid PRIMARY KEY NOT NULL,
	"order_id" uuid NOT NULL,
	"idempotency_key" text NOT NULL,
	"request_hash" text,
	"refund_minor" integer NOT NULL,
	"answered_version" integer NOT NULL,
	CONSTRAINT "return_requests_idempotency_key" UNIQUE("order_id","idempotency_key")
);
--> statement-breakpoint
ALTER TABLE "orders"."return_requests" ADD CONSTRAINT "return_requests_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "orders"."orders"("id") ON DELETE no action ON UPDATE no action;