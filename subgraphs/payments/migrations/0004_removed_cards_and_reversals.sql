CREATE TABLE "payments"."removed_cards" (
	"token" text PRIMARY KEY NOT NULL,
	"task_due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"task_attempts" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "payments"."payment_methods" ADD COLUMN "is_shared" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "removed_cards_due" ON "payments"."removed_cards" USING btree ("task_due_at");--> statement-breakpoint
CREATE INDEX "ledger_transactions_reversals" ON "payments"."ledger_transactions" USING btree ("payment_id") WHERE kind = 'REFUND_REVERSED';--> statement-breakpoint
-- By hand: the sandbox's test cards are everybody's; of any other card that was added more than once, the first stays, and
-- a wallet that has lost its default that way gets its newest.
UPDATE "payments"."payment_methods" SET "is_shared" = true WHERE "token" LIKE 'tok\_%';--> statement-breakpoint
DELETE FROM "payments"."payment_methods" "later" USING "payments"."payment_methods" "first"
	WHERE "later"."token" = "first"."token" AND "later"."id" > "first"."id" AND NOT "later"."is_shared";--> statement-breakpoint
UPDATE "payments"."payment_methods" SET "is_default" = true WHERE "id" IN (
	SELECT DISTINCT ON ("user_id") "id" FROM "payments"."payment_methods" "newest"
	WHERE NOT EXISTS (SELECT FROM "payments"."payment_methods" "chosen" WHERE "chosen"."user_id" = "newest"."user_id" AND "chosen"."is_default")
	ORDER BY "user_id", "id" DESC
);--> statement-breakpoint
CREATE UNIQUE INDEX "payment_methods_token" ON "payments"."payment_methods" USING btree ("token") WHERE not is_shared;