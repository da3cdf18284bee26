DROP TABLE "payments"."sandbox_charges" CASCADE;--> statement-breakpoint
DROP TABLE "payments"."sandbox_refunds" CASCADE;