CREATE TABLE "inventory"."stock_changes" (
	"actor_id" uuid NOT NULL,
	"idempotency_key" text NOT NULL,
	"request_hash" text NOT NULL,
	"answer" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "stock_changes_actor_id_idempotency_key_pk" PRIMARY KEY("actor_id","idempotency_key")
);

--> statement-breakpoint
-- By hand: what drizzle-kit cannot say of the stock book.
CREATE FUNCTION "inventory"."refuse_stock_book_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the stock book is append-only' USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER "stock_movements_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "inventory"."stock_movements"
	FOR EACH STATEMENT EXECUTE FUNCTION "inventory"."refuse_stock_book_change"();
