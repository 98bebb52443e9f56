import type { ObjectIdentifier } from "../object-identifier.ts";
import { anyPolicy, type PolicyMapping } from "./policy-extensions.ts";

/**
 * A node of the valid policy graph: RFC 5280 §6.1.2's tree with equal nodes of one depth made one (RFC 9618 §3), so that its
 * size grows with the policies and mappings that certificates hold and not with the number of ways through them.
 */
interface PolicyNode {
  readonly validPolicy: ObjectIdentifier;
  readonly expectedPolicySet: ReadonlySet<ObjectIdentifier>;
  readonly parents: readonly PolicyNode[];
}

/** The nodes of the deepest level, at most one a policy; those above hang on them. Without nodes the graph is NULL. */
export type PolicyGraph = ReadonlyMap<ObjectIdentifier, PolicyNode>;

/** RFC 5280 §6.1.2 (a): one node of depth zero, anyPolicy. */
export const initialPolicyGraph: PolicyGraph = new Map([[anyPolicy, policyNode(anyPolicy, [])]]);

function policyNode(
  validPolicy: ObjectIdentifier,
  parents: readonly PolicyNode[],
  expectedPolicySet: ReadonlySet<ObjectIdentifier> = new Set([validPolicy]),
): PolicyNode {
  return { validPolicy, expectedPolicySet, parents };
}

/** RFC 5280 §6.1.3 (d): the next level, of a certificate with these policies. Nodes without a child fall away by themselves. */
export function addPolicies(
  graph: PolicyGraph,
  policies: readonly ObjectIdentifier[],
  isAnyPolicyProcessed: boolean,
): PolicyGraph {
  const byExpected = expectingNodes(graph);
  const anyPolicyNode = graph.get(anyPolicy);
  const level = new Map<ObjectIdentifier, PolicyNode>();
  for (const policy of policies) {
    if (policy === anyPolicy) continue;
    const parents = byExpected.get(policy) ?? (anyPolicyNode === undefined ? [] : [anyPolicyNode]);
    if (parents.length > 0) level.set(policy, policyNode(policy, parents));
  }
  if (!isAnyPolicyProcessed || !policies.includes(anyPolicy)) return level;
  for (const [expected, parents] of byExpected)
    if (!level.has(expected)) level.set(expected, policyNode(expected, parents));
  return level;
}

function expectingNodes(graph: PolicyGraph): ReadonlyMap<ObjectIdentifier, readonly PolicyNode[]> {
  const byExpected = new Map<ObjectIdentifier, PolicyNode[]>();
  for (const node of graph.values()) {
    for (const expected of node.expectedPolicySet) {
      const nodes = byExpected.get(expected);
      if (nodes === undefined) byExpected.set(expected, [node]);
      else nodes.push(node);
    }
  }
  return byExpected;
}

/** RFC 5280 §6.1.4 (b): mapped policies get what they are mapped to for expected; where mapping is inhibited they go. */
export function mapPolicies(
  graph: PolicyGraph,
  mappings: readonly PolicyMapping[],
  isMappingAllowed: boolean,
): PolicyGraph {
  const level = new Map(graph);
  for (const [policy, mapped] of mappedPolicies(mappings)) {
    if (!isMappingAllowed) {
      level.delete(policy);
      continue;
    }
    const parents = (graph.get(policy) ?? graph.get(anyPolicy))?.parents;
    if (parents !== undefined) level.set(policy, policyNode(policy, parents, mapped));
  }
  return level;
}

function mappedPolicies(mappings: readonly PolicyMapping[]): ReadonlyMap<ObjectIdentifier, Set<ObjectIdentifier>> {
  const mapped = new Map<ObjectIdentifier, Set<ObjectIdentifier>>();
  for (const { issuerDomainPolicy, subjectDomainPolicy } of mappings) {
    const subjectPolicies = mapped.get(issuerDomainPolicy);
    if (subjectPolicies === undefined) mapped.set(issuerDomainPolicy, new Set([subjectDomainPolicy]));
    else subjectPolicies.add(subjectDomainPolicy);
  }
  return mapped;
}

/**
 * RFC 5280 §6.1.5 (g): those policies, in the trust anchor's terms, that the whole path is valid for and the user accepts;
 * sorted. anyPolicy alone stands for all of them.
 */
export function userConstrainedPolicies(
  graph: PolicyGraph,
  userInitialPolicySet: readonly ObjectIdentifier[],
): readonly ObjectIdentifier[] {
  const authorityConstrained = authorityConstrainedPolicies(graph);
  if (userInitialPolicySet.includes(anyPolicy)) return [...authorityConstrained].sort();
  const isAny = authorityConstrained.has(anyPolicy);
  return [...new Set(userInitialPolicySet)].filter((policy) => isAny || authorityConstrained.has(policy)).sort();
}

/** Policies of the nodes that hang on an anyPolicy node and lead to the deepest level; anyPolicy where it is there itself. */
function authorityConstrainedPolicies(graph: PolicyGraph): ReadonlySet<ObjectIdentifier> {
  const policies = new Set<ObjectIdentifier>(graph.has(anyPolicy) ? [anyPolicy] : []);
  const seen = new Set<PolicyNode>(graph.values());
  for (const { validPolicy, parents } of seen) {
    if (validPolicy !== anyPolicy && parents.some((parent) => parent.validPolicy === anyPolicy))
      policies.add(validPolicy);
    for (const parent of parents) seen.add(parent);
  }
  return policies;
}
