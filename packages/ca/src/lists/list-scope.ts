import { type DistinguishedName, type Extension, issuingDistributionPoint } from "@mitome/x509";
import {
  type AuthorityDefinition,
  distributionPointName,
  distributionPointOf,
  municipalityOf,
} from "../authority-definition.ts";
import type { ListPartition } from "../status-ports.ts";

/** Names of the partitions that are no municipality's: of operational certificates, and of the authority's own. */
export const operationalPartition = "operational";
export const authorityPartition = "authority";

/**
 * The partitions of a key: one a municipality (千葉県運用規程 4-4-4-4 区分CRL), the ARL of self-signed, link and cross
 * certificates (7-2-2 to 7-2-4), and one for operational certificates, which are end-entity certificates: on a list of
 * authorities' certificates they would be out of its scope.
 */
export function partitionsOf(definition: AuthorityDefinition): readonly string[] {
  return [...definition.municipalities.map(({ code }) => code), operationalPartition, authorityPartition];
}

/**
 * Where a partition's list stands: the distribution point of its certificates, which names the key's generation, or the
 * authority's own entry. `undefined` for a partition that this authority does not have.
 */
export function listPointOf(
  definition: AuthorityDefinition,
  { generation, partition }: Omit<ListPartition, "authority">,
): DistinguishedName | undefined {
  if (partition === authorityPartition) return definition.issuer;
  if (partition === operationalPartition) return operationalPointName(definition, generation);
  const municipality = municipalityOf(definition, partition);
  return municipality && distributionPointName(definition, municipality, generation);
}

/** The distribution point of operational certificates. */
export function operationalPointName(definition: AuthorityDefinition, generation: number): DistinguishedName {
  return distributionPointOf(definition, "Operational", generation);
}

/** 千葉県運用規程 7-2: the list's scope, critical, so that no list can be taken for another partition's. */
export function listScope(point: DistinguishedName, partition: string): Extension {
  const onlyContains = partition === authorityPartition ? "caCerts" : "userCerts";
  return issuingDistributionPoint([{ kind: "directoryName", name: point }], onlyContains);
}
