import type { Finding, Report } from '../finding.ts';
import { placeOf } from './text.ts';

/** JUnit's XML, as CI servers read it: a test case for each finding, which fails where it blocks. */
export function junit({ command, findings, summary }: Report): string {
  const failures = findings.filter(({ severity }) => severity === 'error').length;
  const cases =
    findings.length === 0
      ? [`    <testcase classname="${xml(command)}" name="${xml(summary)}"/>`]
      : findings.map((finding) => testCase(command, finding));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${cases.length}" failures="${failures}">`,
    `  <testsuite name="${xml(command)}" tests="${cases.length}" failures="${failures}">`,
    ...cases,
    `    <system-out>${xml(summary)}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

function testCase(command: string, finding: Finding): string {
  const { severity, code, coordinate, message, hint, file, line } = finding;
  const name = [code, coordinate ?? placeOf(finding)].filter((part) => part !== undefined).join(' ');
  const attributes = Object.entries({ classname: command, name, file, line })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}="${xml(String(value))}"`)
    .join(' ');
  const body = xml([message, placeOf(finding), hint].filter((part) => part !== undefined).join('\n'));
  const [summaryOfIt = ''] = message.split('\n');
  return severity === 'error'
    ? `    <testcase ${attributes}>\n      <failure type="${xml(code)}" message="${xml(summaryOfIt)}">${body}</failure>\n    </testcase>`
    : `    <testcase ${attributes}>\n      <system-out>${body}</system-out>\n    </testcase>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What XML 1.0 has no place for. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const xml = (text: string) =>
  text.replaceAll(NOT_XML, '').replaceAll(/[&<>"]/g, (character) => ENTITIES[character] as string);
