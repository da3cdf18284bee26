import type { NpmPackage } from './npm-packages.ts';

/**
 * The npm packages of a bundle as a CycloneDX 1.6 document, which scanners read in an image. Without a serial number and
 * a time: the same bundle has the same bill.
 *
 * @param name of the bundled application
 */
export function softwareBill(name: string, version: string, packages: readonly NpmPackage[]): object {
  const application = `${name}@${version}`;
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: { type: 'application', 'bom-ref': application, name, version, licenses: licensesOf('Apache-2.0') },
    },
    components: packages.map(componentOf),
    dependencies: [
      { ref: application, dependsOn: packages.map(purlOf) },
      ...packages.map((each) => ({ ref: purlOf(each) })),
    ],
  };
}

function componentOf(npmPackage: NpmPackage): object {
  const [scope, name] = npmPackage.name.startsWith('@') ? npmPackage.name.split('/') : [undefined, npmPackage.name];
  const purl = purlOf(npmPackage);
  return {
    type: 'library',
    'bom-ref': purl,
    ...(scope === undefined ? {} : { group: scope }),
    name,
    version: npmPackage.version,
    ...(npmPackage.sha512 === undefined ? {} : { hashes: [{ alg: 'SHA-512', content: npmPackage.sha512 }] }),
    licenses: licensesOf(npmPackage.license),
    purl,
  };
}

const purlOf = ({ name, version }: NpmPackage): string => `pkg:npm/${name.replace('@', '%40')}@${version}`;

/** One licence by its SPDX id, several as an expression. */
const licensesOf = (license: string): object[] =>
  /^[\w.+-]+$/.test(license) ? [{ license: { id: license } }] : [{ expression: license }];
