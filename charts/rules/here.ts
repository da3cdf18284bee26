/**
 * Matches the graph's namespace, and that of what observes it. The chart puts their names in (`observability.ruleFile`): a
 * Prometheus that reads the whole cluster would tell the graph's teams of everybody's pods. What has no namespace, as a
 * target outside of the cluster, matches too.
 */
export const HERE = 'namespace=~".*"';
