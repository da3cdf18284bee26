import type { NpmPackage } from './npm-packages.ts';

const RULE = '='.repeat(80);

/** The licences of a bundle's npm packages, each text once with the packages that it came with. */
export function thirdPartyLicenses(packages: readonly NpmPackage[]): string {
  const titled = packages.map((each) => ({
    title: `${each.name} ${each.version} (${each.license})`,
    text: each.licenseTexts.join('\n\n') || 'The package states this licence and brings no text of it.',
  }));
  const byText = Map.groupBy(titled, ({ text }) => text);
  const blocks = [...byText].map(([text, those]) => `${those.map(({ title }) => title).join('\n')}\n\n${text}\n`);
  return `The npm packages of which this bundle contains code.\n\n${blocks.map((block) => `${RULE}\n${block}`).join('\n')}`;
}
