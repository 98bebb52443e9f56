export { type Cluster, ClusterFailed, type ClusterPlace, provision, startCluster } from "./cluster.ts";
export { clientConfig, openPool } from "./connection.ts";
export { MigrationChanged, migrate, type SchemaName } from "./migrate.ts";
