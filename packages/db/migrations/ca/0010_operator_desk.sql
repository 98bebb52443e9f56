-- The operators' desk: a kind of machine, and a role of its own for the program behind it. ca_operator keeps the registry
-- of verifiers, makes tickets that the signer's operators' socket has vouched for, and ends machines' certificates.
alter table equipment_certificate drop constraint equipment_certificate_kind_check,
  add check (kind in ('server', 'authority-server', 'clerk-screen', 'resident-screen', 'agent', 'responder', 'publisher',
    'verifier', 'operator-desk'));

-- A key is certified once for a verifier. Certificates from before have none here.
alter table verifier_credential
  add column key_hash bytea unique check (octet_length(key_hash) = 32),
  add check (key_hash is null or kind = 'clientCertificate');

grant usage on schema ca to ca_operator;
grant select on authority, municipality, generation, activation to ca_operator;
grant select, insert on audit_event, signing_intent, equipment_certificate, enrolment_ticket to ca_operator;
grant insert on audit_heads to ca_operator;
grant update (state, owner, fence, lease_until, attempts) on signing_intent to ca_operator;
grant update (wrong_tries, intent) on enrolment_ticket to ca_operator;
grant update (revoked_at, revocation_reason) on equipment_certificate to ca_operator;
grant select, insert on verifier, verifier_fact, verifier_credential, report_demand to ca_operator;
grant update (withdrawn_at) on verifier_credential to ca_operator;
grant update (answered_at) on report_demand to ca_operator;
