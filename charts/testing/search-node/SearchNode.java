import org.codelibs.opensearch.runner.OpenSearchRunner;

/** One OpenSearch node in a folder, at a port of the loopback interface, until standard input ends. */
public class SearchNode {
    public static void main(String[] args) throws Exception {
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.onBuild((number, settings) -> {
            settings.put("http.port", args[1]);
            settings.put("network.host", "127.0.0.1");
            settings.put("discovery.type", "single-node");
            // Of snapshots, by relative paths.
            settings.putList("path.repo", args[0] + "/repositories");
        });
        runner.build(OpenSearchRunner.newConfigs().basePath(args[0]).numOfNode(1).clusterName("search-node").useLogger());
        while (System.in.read() != -1) {
        }
        runner.close();
    }
}
