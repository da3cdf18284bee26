import type { AlertTest } from './alert-test.ts';

const gateway = 'namespace="shop",pod="tributary-gateway-6b9f7c5d4-x2x4z",service="gateway"';
const documents = (outcome: string) => `graphql_persisted_documents_total{${gateway},outcome="${outcome}"}`;

export const persistedDocumentTests: Record<string, AlertTest> = {
  DocumentsSourceDown: {
    // One pod reads it.
    silent: {
      series: {
        'external_service_up{namespace="shop",pod="a",service="documents"}': '0x40',
        'external_service_up{namespace="shop",pod="b",service="documents"}': '1x40',
      },
      at: '30m',
    },
    series: {
      'external_service_up{namespace="shop",pod="a",service="documents"}': '0x25 1x20',
      'external_service_up{namespace="shop",pod="a",service="jwks"}': '0x45',
    },
    notYetAt: '14m',
    fires: [
      {
        at: '20m',
        alerts: [
          {
            labels: { severity: 'ticket', team: 'gateway', namespace: 'shop', service: 'gateway' },
            dashboard: 'tributary-gateway',
          },
        ],
      },
    ],
    resolvedAt: '35m',
  },
  UnknownDocuments: {
    // Somebody tries things out, among many that are known; hashes that are not found yet are no trouble.
    silent: {
      series: {
        [documents('hit')]: '0+1000x60',
        [documents('unknown')]: '0+10x60',
        [documents('refused')]: '0+10x60',
        [documents('miss')]: '0+500x60',
      },
      at: '50m',
    },
    series: {
      [documents('hit')]: '0+900x90',
      [documents('refused')]: '0x10 0+100x30 3000x50',
    },
    notYetAt: '18m',
    fires: [
      {
        at: '40m',
        alerts: [
          {
            labels: { severity: 'ticket', team: 'gateway', namespace: 'shop', service: 'gateway' },
            value: '10%',
            dashboard: 'tributary-gateway',
          },
        ],
      },
    ],
    resolvedAt: '70m',
  },
};
