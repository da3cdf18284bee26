import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findCollector } from '../../charts/testing/collector/find-collector.ts';
import { findElasticsearchExporter } from '../../charts/testing/find-elasticsearch-exporter.ts';
import { findHelm } from '../../charts/testing/helm-binary.ts';
import { findPrometheusTool } from '../../charts/testing/prometheus-tools.ts';
import { findSearchNode } from '../../charts/testing/search-node.ts';
import { findPython } from '../../gateway/src/conformance/python/find-python.ts';
import { findSchemathesis } from '../../local/src/rest/find-schemathesis.ts';
import { onPath } from './on-path.ts';

/** A server or tool that some tests need and that not every machine has. */
export interface Lane {
  name: string;
  /** What a machine without it is told to install. */
  install: string;
  /** Whether CI does without it, as no package registry has it. */
  optional?: true;
  /** Where it is, or undefined. */
  find(): string | undefined;
}

export const lanes = {
  postgres: { name: 'PostgreSQL', install: "Debian's postgresql", find: findPostgres },
  chromium: {
    name: 'Chromium',
    install: "Debian's chromium",
    find: () => onPath('chromium') ?? onPath('google-chrome'),
  },
  python: {
    name: 'Python',
    install: 'Python 3.11 or later, and its packages as in gateway/src/conformance/README.md',
    find: () => findPython()?.packages,
  },
  schemathesis: {
    name: 'schemathesis',
    install: 'Python 3.11 or later, and the packages of local/src/rest/requirements.txt as docs/rest.md says',
    find: () => findSchemathesis()?.packages,
  },
  nats: { name: 'NATS', install: 'nats-server 2.14 or later, on the path or in NATS_SERVER', find: findNats },
  redis: { name: 'Redis', install: "Debian's redis-server", find: () => onPath('redis-server') },
  promtool: {
    name: 'promtool',
    install: "Debian's prometheus, or .ci/prometheus-tools",
    find: () => findPrometheusTool('promtool'),
  },
  alertmanager: {
    name: 'Alertmanager and amtool',
    install: "Debian's prometheus-alertmanager, or .ci/prometheus-tools",
    find: () => findPrometheusTool('amtool') && findPrometheusTool('prometheus-alertmanager'),
  },
  ruby: { name: 'Ruby', install: "Debian's ruby", find: () => onPath('ruby') },
  fluentd: {
    name: 'Fluentd',
    install: 'fluentd 1.19 with the plugins of its Kubernetes image, on the path or in FLUENTD',
    optional: true,
    find: () => process.env.FLUENTD ?? onPath('fluentd'),
  },
  searchNode: {
    name: 'a search node',
    install: 'Java 21 or later, and its jars with .ci/search-node',
    find: () => findSearchNode()?.jars,
  },
  eckCrds: { name: 'CRDs of ECK', install: 'them with .ci/eck-crds', find: findEckCrds },
  otelcol: {
    name: 'OpenTelemetry Collector',
    install:
      'it with .ci/otelcol; or name another in OTELCOL, with all that charts/testing/collector/builder.yaml lists',
    find: findCollector,
  },
  elasticsearchExporter: {
    name: "Elasticsearch's exporter",
    install: 'it with .ci/elasticsearch-exporter, or name it in ELASTICSEARCH_EXPORTER',
    find: findElasticsearchExporter,
  },
  helm3: { name: 'Helm 3', install: 'Helm 3.18 or later with .ci/helm3, or as HELM3', find: () => findHelm(3) },
} as const satisfies Record<string, Lane>;

/** The folder with `initdb` and `postgres`, of the newest installed version. */
function findPostgres(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = versions.map((version) => join(debian, version, 'bin'));
  const found = folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
  return found ?? onPath('initdb')?.replace(/\/initdb$/, '');
}

/** The executable; older ones lack what JetStream needs here, and fixes. */
function findNats(): string | undefined {
  const binary = process.env.NATS_SERVER ?? onPath('nats-server');
  if (binary === undefined || binary === '') return undefined;
  try {
    const version = execFileSync(binary, ['--version'], { encoding: 'utf8' });
    const [, major, minor] = /v(\d+)\.(\d+)/.exec(version) ?? [];
    return Number(major) * 1000 + Number(minor) >= 2014 ? binary : undefined;
  } catch {
    return undefined;
  }
}

function findEckCrds(): string | undefined {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const file = process.env.ECK_CRDS ?? join(cache, 'tributary/eck-crds/all-crds.yaml');
  return existsSync(file) ? file : undefined;
}
