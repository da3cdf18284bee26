import { istioSchema } from './istio-schema.ts';
import { observabilitySchema } from './observability-schema.ts';
import { serviceSchema } from './service-schema.ts';
import { tributarySchema } from './tributary-schema.ts';

/** The charts whose values.schema.json and README.md are generated: the folder of each, and what its values are. */
export const chartsWithValues = [
  { folder: 'charts/service', schema: serviceSchema },
  { folder: 'charts/tributary', schema: tributarySchema },
  { folder: 'istio', schema: istioSchema },
  { folder: 'observability', schema: observabilitySchema },
];
