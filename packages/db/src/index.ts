export { type Cluster, ClusterFailed, type ClusterPlace, provision, startCluster } from "./cluster.ts";
export { type ConnectionOptions, connectionOptions } from "./connection.ts";
export { MigrationChanged, migrate, type SchemaName } from "./migrate.ts";
