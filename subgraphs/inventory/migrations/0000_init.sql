CREATE SCHEMA "inventory";
--> statement-breakpoint
CREATE TABLE "inventory"."inbox" (
	"consumer" text NOT NULL,
	"event_id" uuid NOT NULL,
	"handled_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "inbox_consumer_event_id_pk" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "inventory"."outbox" (
	"seq" bigserial PRIMARY KEY NOT NULL,
	"id" uuid NOT NULL,
	"type" text NOT NULL,
	"subject" text NOT NULL,
	"data" jsonb NOT NULL,
	"traceparent" text,
	"time" timestamp with time zone DEFAULT now() NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"leased_until" timestamp with time zone,
	"published_at" timestamp with time zone,
	CONSTRAINT "outbox_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "inventory"."products" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sku" text NOT NULL,
	"name" text NOT NULL,
	"description" text NOT NULL,
	"category" text NOT NULL,
	"price_minor" integer NOT NULL,
	"currency" text NOT NULL,
	"weight_grams" integer NOT NULL,
	"images" jsonb NOT NULL,
	"active" boolean NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"name_folded" text GENERATED ALWAYS AS (lower(name)) STORED NOT NULL,
	"search_text" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('english', translate(name, '-+./:@_', '       ')) || to_tsvector('simple', translate(name, '-+./:@_', '       ')), 'A')
  || setweight(to_tsvector('english', translate(category, '-+./:@_', '       ')) || to_tsvector('simple', translate(category, '-+./:@_', '       ')) || to_tsvector('simple', translate(sku, '-+./:@_', '       ')), 'B')
  || setweight(to_tsvector('english', translate(description, '-+./:@_', '       ')) || to_tsvector('simple', translate(description, '-+./:@_', '       ')), 'C')) STORED NOT NULL,
	CONSTRAINT "products_sku" UNIQUE("sku"),
	CONSTRAINT "products_price_minor" CHECK ("inventory"."products"."price_minor" > 0),
	CONSTRAINT "products_weight_grams" CHECK ("inventory"."products"."weight_grams" > 0)
);
--> statement-breakpoint
CREATE TABLE "inventory"."reservation_lines" (
	"order_id" uuid NOT NULL,
	"product_id" uuid NOT NULL,
	"quantity" integer NOT NULL,
	"returned" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "reservation_lines_order_id_product_id_pk" PRIMARY KEY("order_id","product_id"),
	CONSTRAINT "reservation_lines_returned" CHECK ("inventory"."reservation_lines"."returned" between 0 and "inventory"."reservation_lines"."quantity")
);
--> statement-breakpoint
CREATE TABLE "inventory"."reservations" (
	"order_id" uuid PRIMARY KEY NOT NULL,
	"status" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "inventory"."stock" (
	"product_id" uuid PRIMARY KEY NOT NULL,
	"on_hand" integer DEFAULT 0 NOT NULL,
	"reserved" integer DEFAULT 0 NOT NULL,
	"sold" integer DEFAULT 0 NOT NULL,
	"available" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "stock_sum" CHECK ("inventory"."stock"."on_hand" = "inventory"."stock"."reserved" + "inventory"."stock"."sold" + "inventory"."stock"."available"),
	CONSTRAINT "stock_not_negative" CHECK ("inventory"."stock"."reserved" >= 0 and "inventory"."stock"."sold" >= 0 and "inventory"."stock"."available" >= 0)
);
--> statement-breakpoint
CREATE TABLE "inventory"."stock_movements" (
	"seq" bigserial PRIMARY KEY NOT NULL,
	"id" uuid NOT NULL,
	"product_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"available_delta" integer NOT NULL,
	"reserved_delta" integer NOT NULL,
	"sold_delta" integer NOT NULL,
	"reason" text,
	"note" text,
	"actor_id" uuid,
	"order_id" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "stock_movements_id" UNIQUE("id"),
	CONSTRAINT "stock_movements_cause" CHECK (("inventory"."stock_movements"."actor_id" is null) <> ("inventory"."stock_movements"."order_id" is null))
);
--> statement-breakpoint
ALTER TABLE "inventory"."reservation_lines" ADD CONSTRAINT "reservation_lines_order_id_reservations_order_id_fk" FOREIGN KEY ("order_id") REFERENCES "inventory"."reservations"("order_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inventory"."reservation_lines" ADD CONSTRAINT "reservation_lines_product_id_stock_product_id_fk" FOREIGN KEY ("product_id") REFERENCES "inventory"."stock"("product_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inventory"."stock" ADD CONSTRAINT "stock_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "inventory"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inventory"."stock_movements" ADD CONSTRAINT "stock_movements_product_id_stock_product_id_fk" FOREIGN KEY ("product_id") REFERENCES "inventory"."stock"("product_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "outbox_pending" ON "inventory"."outbox" USING btree ("seq") WHERE published_at is null;--> statement-breakpoint
CREATE INDEX "outbox_subject_pending" ON "inventory"."outbox" USING btree ("subject","seq") WHERE published_at is null;--> statement-breakpoint
CREATE INDEX "products_search_text" ON "inventory"."products" USING gin ("search_text");--> statement-breakpoint
CREATE INDEX "products_name" ON "inventory"."products" USING btree (name_folded collate "C","id");--> statement-breakpoint
CREATE INDEX "products_price" ON "inventory"."products" USING btree ("currency","price_minor","id");--> statement-breakpoint
CREATE INDEX "products_category" ON "inventory"."products" USING btree ("category","id");--> statement-breakpoint
CREATE INDEX "reservations_expires_at" ON "inventory"."reservations" USING btree ("expires_at") WHERE status = 'RESERVED';--> statement-breakpoint
CREATE INDEX "stock_movements_product" ON "inventory"."stock_movements" USING btree ("product_id","seq");