import type { Report } from '../finding.ts';
import { github } from './github.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { sarif } from './sarif.ts';
import { text } from './text.ts';

const formats = { text, json, markdown, github, junit, sarif } satisfies Record<string, (report: Report) => string>;

/** For `--format`. */
export const FORMATS = Object.keys(formats) as readonly string[];

/** @param format one of FORMATS. */
export const formatReport = (report: Report, format: string): string => formats[format as keyof typeof formats](report);
