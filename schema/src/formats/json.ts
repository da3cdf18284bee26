import type { Report } from '../finding.ts';

/** The report as it is. */
export const json = (report: Report): string => JSON.stringify(report, null, 2);
