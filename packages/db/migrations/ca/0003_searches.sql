-- Every statement of the ledger is planned once, perhaps while a table is empty and every index looks the same. So an
-- index begins with what tells its rows apart, not with the authority, and what is found by its key has no other index
-- that would answer: an act then reads as many rows as it concerns, however many the ledger holds.

alter table certificate
  drop constraint one_certificate_a_subject,
  -- 千葉県運用規程 3-1-4: no subject stands in two certificates.
  add constraint one_certificate_a_subject unique (unique_name, authority),
  drop constraint one_valid_certificate_a_resident,
  -- 千葉県運用規程 4-2-3: nobody has two certificates that are valid at one instant. RFC 5280 §4.1.2.5: both ends count.
  add constraint one_valid_certificate_a_resident exclude using gist (
    subscriber_id with =, authority with =, tstzrange(not_before, not_after, '[]') with &&
  ) where (ended_at is null);

drop index subscriber_items;
create index subscriber_items on subscriber (items_digest, authority);

-- Only an intent that is not finished has a lease.
drop index unfinished_intents;
alter table signing_intent
  drop constraint signing_intent_authority_serial_key,
  add unique (serial, authority),
  alter column lease_until drop not null;
update signing_intent set lease_until = null where state <> 'recorded';
alter table signing_intent add check ((state = 'recorded') = (lease_until is not null));
create index unfinished_intents on signing_intent (authority, lease_until) where lease_until is not null;

-- Whether a card carries a certificate is asked before every case.
create index attempts_of_card on issuance_case (card_number);
