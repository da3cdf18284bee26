/** A row of `charges`. */
export interface ChargeRow {
  key: string;
  reference: string | null;
  /** The token; null for a key that was voided before anything was charged. */
  card: string | null;
  currency: string | null;
  amount_minor: number;
  refunded_minor: number;
  status: 'CHALLENGED' | 'AUTHORIZED' | 'DECLINED' | 'CAPTURED' | 'VOIDED';
  decline_reason: string | null;
  wrong_codes: number;
}

/** A row of `refunds`. */
export interface RefundRow {
  key: string;
  charge_key: string;
  amount_minor: number;
  status: 'SUCCEEDED' | 'FAILED';
}

/** A row of `movements`, as it is written. */
export interface Movement {
  kind: ChargeRow['status'] | 'REFUNDED' | 'REFUND_FAILED';
  chargeKey: string;
  amountMinor: number;
  /** Of the request that made it: a refund's key, otherwise the charge's. */
  requestKey: string;
  /** Of a decline. */
  reason?: string | null;
}
