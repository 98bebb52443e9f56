-- An index of several columns by GiST is divided by its first column: by the resident, of whom there are many, and not
-- by the authority, of which there are few. With the authority first, every search went through the whole index.

alter table certificate
  drop constraint one_valid_certificate_a_resident,
  -- 千葉県運用規程 4-2-3: nobody has two certificates that are valid at one instant. RFC 5280 §4.1.2.5: both ends count.
  add constraint one_valid_certificate_a_resident exclude using gist (
    subscriber_id with =, authority with =, tstzrange(not_before, not_after, '[]') with &&
  ) where (ended_at is null);

-- Whether a card carries a certificate is asked before every case.
create index attempts_of_card on issuance_case (card_number);
