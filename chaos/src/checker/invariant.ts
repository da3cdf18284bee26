/** Something that must be true of the databases and the provider's ledger. */
export interface Invariant {
  /** In the report; unique. */
  name: string;
  /** What is wrong when it does not hold. */
  means: string;
  /** `always`: at every instant, so that it is also checked while faults go on. `after`: once everything is quiet. */
  when: 'always' | 'after';
  /** Gives one row for each offence: `id`, and in `detail` what is seen. Reads tables and the session's views alone. */
  sql: string;
}
