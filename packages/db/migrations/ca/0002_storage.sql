-- What is written once and never searched is not compressed: DER and base64 JSON hardly shrink, and trying costs more
-- than the rest of the row. Rows whose state moves on leave room for it on their page, so that no index is touched.

alter table signing_intent
  alter column tbs set storage external,
  alter column request set storage external,
  alter column requester_certificate set storage external;
alter table certificate_content alter column certificate set storage external;
alter table equipment_certificate alter column der set storage external;

alter table signing_intent set (fillfactor = 60);
alter table certificate set (fillfactor = 60);
alter table issuance_case set (fillfactor = 60);
alter table card_session set (fillfactor = 60);
