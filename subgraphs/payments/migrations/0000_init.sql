CREATE SCHEMA "payments";
--> statement-breakpoint
CREATE TABLE "payments"."inbox" (
	"consumer" text NOT NULL,
	"event_id" uuid NOT NULL,
	"handled_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "inbox_consumer_event_id_pk" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "payments"."ledger_entries" (
	"transaction_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"account" text NOT NULL,
	"side" text NOT NULL,
	"amount_minor" integer NOT NULL,
	"currency" text NOT NULL,
	CONSTRAINT "ledger_entries_transaction_id_position_pk" PRIMARY KEY("transaction_id","position"),
	CONSTRAINT "ledger_entries_amount" CHECK ("payments"."ledger_entries"."amount_minor" > 0),
	CONSTRAINT "ledger_entries_side" CHECK ("payments"."ledger_entries"."side" in ('DEBIT', 'CREDIT'))
);
--> statement-breakpoint
CREATE TABLE "payments"."ledger_transactions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"payment_id" uuid NOT NULL,
	"reference" uuid NOT NULL,
	"amount_minor" integer NOT NULL,
	"currency" text NOT NULL,
	"posted_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ledger_transactions_once" UNIQUE("payment_id","kind","reference"),
	CONSTRAINT "ledger_transactions_amount" CHECK ("payments"."ledger_transactions"."amount_minor" > 0)
);
--> statement-breakpoint
CREATE TABLE "payments"."orders" (
	"id" uuid PRIMARY KEY NOT NULL,
	"voided_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "payments"."outbox" (
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
CREATE TABLE "payments"."payment_methods" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"token" text NOT NULL,
	"brand" text NOT NULL,
	"last4" text NOT NULL,
	"expiry_month" integer NOT NULL,
	"expiry_year" integer NOT NULL,
	"label" text,
	"is_default" boolean NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "payment_methods_last4" CHECK ("payments"."payment_methods"."last4" ~ '^[0-9]{4}$')
);
--> statement-breakpoint
CREATE TABLE "payments"."payments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"order_id" uuid NOT NULL,
	"attempt" integer NOT NULL,
	"customer_id" uuid NOT NULL,
	"payment_method_id" uuid NOT NULL,
	"card_brand" text,
	"card_last4" text,
	"status" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" integer NOT NULL,
	"captured_minor" integer DEFAULT 0 NOT NULL,
	"promised_minor" integer DEFAULT 0 NOT NULL,
	"refunded_minor" integer DEFAULT 0 NOT NULL,
	"decline_reason" text,
	"challenge_url" text,
	"challenge_instructions" text,
	"challenge_expires_at" timestamp with time zone,
	"task" text,
	"task_due_at" timestamp with time zone,
	"task_attempts" integer DEFAULT 0 NOT NULL,
	"traceparent" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "payments_order_attempt" UNIQUE("order_id","attempt"),
	CONSTRAINT "payments_amount" CHECK ("payments"."payments"."amount_minor" > 0),
	CONSTRAINT "payments_captured" CHECK ("payments"."payments"."captured_minor" in (0, "payments"."payments"."amount_minor")),
	CONSTRAINT "payments_refunds_within_captures" CHECK (0 <= "payments"."payments"."refunded_minor" and "payments"."payments"."refunded_minor" <= "payments"."payments"."promised_minor" and "payments"."payments"."promised_minor" <= "payments"."payments"."captured_minor"),
	CONSTRAINT "payments_task_is_due" CHECK (("payments"."payments"."task" is null) = ("payments"."payments"."task_due_at" is null)),
	CONSTRAINT "payments_declined_with_reason" CHECK ((status = 'DECLINED') = ("payments"."payments"."decline_reason" is not null)),
	CONSTRAINT "payments_challenged_until" CHECK ((status = 'CHALLENGED') = ("payments"."payments"."challenge_expires_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "payments"."refunds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"payment_id" uuid NOT NULL,
	"amount_minor" integer NOT NULL,
	"status" text NOT NULL,
	"cause" text NOT NULL,
	"reason" text,
	"idempotency_key" text NOT NULL,
	"request_hash" text,
	"task_due_at" timestamp with time zone,
	"task_attempts" integer DEFAULT 0 NOT NULL,
	"traceparent" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "refunds_idempotency_key" UNIQUE("idempotency_key"),
	CONSTRAINT "refunds_amount" CHECK ("payments"."refunds"."amount_minor" > 0),
	CONSTRAINT "refunds_pending_is_due" CHECK ((status = 'PENDING') = ("payments"."refunds"."task_due_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "payments"."sandbox_charges" (
	"key" text PRIMARY KEY NOT NULL,
	"card" text,
	"amount_minor" integer NOT NULL,
	"refunded_minor" integer DEFAULT 0 NOT NULL,
	"status" text NOT NULL,
	"decline_reason" text,
	"wrong_codes" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payments"."sandbox_refunds" (
	"key" text PRIMARY KEY NOT NULL,
	"charge_key" text NOT NULL,
	"amount_minor" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payments"."wallets" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"closed_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "payments"."ledger_entries" ADD CONSTRAINT "ledger_entries_transaction_id_ledger_transactions_id_fk" FOREIGN KEY ("transaction_id") REFERENCES "payments"."ledger_transactions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments"."ledger_transactions" ADD CONSTRAINT "ledger_transactions_payment_id_payments_id_fk" FOREIGN KEY ("payment_id") REFERENCES "payments"."payments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments"."payment_methods" ADD CONSTRAINT "payment_methods_user_id_wallets_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "payments"."wallets"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments"."payments" ADD CONSTRAINT "payments_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "payments"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments"."refunds" ADD CONSTRAINT "refunds_payment_id_payments_id_fk" FOREIGN KEY ("payment_id") REFERENCES "payments"."payments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "ledger_entries_account" ON "payments"."ledger_entries" USING btree ("account","currency");--> statement-breakpoint
CREATE INDEX "outbox_pending" ON "payments"."outbox" USING btree ("seq") WHERE published_at is null;--> statement-breakpoint
CREATE INDEX "outbox_subject_pending" ON "payments"."outbox" USING btree ("subject","seq") WHERE published_at is null;--> statement-breakpoint
CREATE INDEX "payment_methods_user" ON "payments"."payment_methods" USING btree ("user_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "payment_methods_one_default" ON "payments"."payment_methods" USING btree ("user_id") WHERE is_default;--> statement-breakpoint
CREATE INDEX "payments_status" ON "payments"."payments" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "payments_customer" ON "payments"."payments" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "payments_due" ON "payments"."payments" USING btree ("task_due_at") WHERE task is not null;--> statement-breakpoint
CREATE INDEX "refunds_payment" ON "payments"."refunds" USING btree ("payment_id","id");--> statement-breakpoint
CREATE INDEX "refunds_due" ON "payments"."refunds" USING btree ("task_due_at") WHERE status = 'PENDING';
--> statement-breakpoint
-- By hand: what drizzle-kit cannot say of the ledger.
CREATE FUNCTION "payments"."refuse_ledger_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER "ledger_transactions_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "payments"."ledger_transactions"
	FOR EACH STATEMENT EXECUTE FUNCTION "payments"."refuse_ledger_change"();
--> statement-breakpoint
CREATE TRIGGER "ledger_entries_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "payments"."ledger_entries"
	FOR EACH STATEMENT EXECUTE FUNCTION "payments"."refuse_ledger_change"();
--> statement-breakpoint
-- At commit, a transaction has its whole amount on both sides, in its currency: neither none, nor entries added later.
CREATE FUNCTION "payments"."check_ledger_balance"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	checked uuid := CASE TG_TABLE_NAME WHEN 'ledger_entries' THEN (to_jsonb(NEW) ->> 'transaction_id')::uuid ELSE (to_jsonb(NEW) ->> 'id')::uuid END;
BEGIN
	IF NOT EXISTS (
		SELECT FROM "payments"."ledger_transactions" t
		JOIN "payments"."ledger_entries" e ON e."transaction_id" = t."id"
		WHERE t."id" = checked
		GROUP BY t."id"
		HAVING sum(e."amount_minor") FILTER (WHERE e."side" = 'DEBIT') = t."amount_minor"
			AND sum(e."amount_minor") FILTER (WHERE e."side" = 'CREDIT') = t."amount_minor"
			AND bool_and(e."currency" = t."currency")
	) THEN
		RAISE EXCEPTION 'the ledger transaction does not balance' USING ERRCODE = 'check_violation';
	END IF;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "ledger_transactions_balance" AFTER INSERT ON "payments"."ledger_transactions"
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "payments"."check_ledger_balance"();
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "ledger_entries_balance" AFTER INSERT ON "payments"."ledger_entries"
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "payments"."check_ledger_balance"();
