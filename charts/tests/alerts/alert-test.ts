/** Series by their names and labels; a value a minute, in promtool's notation: `0+2x10` goes from 0 to 20. */
export type SeriesValues = Record<string, string>;

/** One alert as it has to fire: every label but `alertname`, and `$value` as the texts show it. */
export interface FiringAlert {
  labels: Record<string, string>;
  value?: string;
  dashboard: string;
}

/** Each alert is shown to stay silent at a near miss, not to fire too early, to fire, and to resolve. */
export interface AlertTest {
  /** What looks like the trouble and is none. */
  silent: { series: SeriesValues; at: string };
  series: SeriesValues;
  /** Just before it fires. Absent for an alert that fires at once. */
  notYetAt?: string;
  /** All that fire under the alert's name at that time. */
  fires: { at: string; alerts: FiringAlert[] }[];
  resolvedAt: string;
}

/** The Watchdog has neither near miss nor end. */
export type AlwaysFiring = Pick<AlertTest, 'fires'>;

/** What rules record: the samples of an expression at a time. */
export interface RecordingTest {
  series: SeriesValues;
  expr: string;
  at: string;
  samples: { labels: string; value: number }[];
}
