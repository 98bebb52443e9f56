-- What people decide of reported changes.

-- `releaseDeclined`: two people did not let go through what the brake stopped, and each change is looked at. `versionFarAhead`:
-- a version that no record can have reached.
alter table register_work drop constraint register_work_why_check;
alter table register_work add check (why in ('malformedLine', 'noSubscriber', 'differentContentUnderSameName',
  'municipalityDiffers', 'severalCertificates', 'unclearDifference', 'issuanceUnderWay', 'occursLater', 'versionFarAhead',
  'waitsForTwoApprovers', 'releaseDeclined'));

-- A change may be set aside again for what it was set aside for before, and is work each time. A line with other content
-- under the same name is work once, however often it is sent.
alter table register_work drop constraint register_work_sequence_feed_municipality_digest_why_authori_key;
create unique index one_open_register_work on register_work (sequence, feed, municipality, digest, why, authority)
  where settled_at is null;
create unique index other_content_is_work_once on register_work (sequence, feed, municipality, digest, authority)
  where why = 'differentContentUnderSameName';

-- What a record says stands here only while somebody has to decide by it.
create function forget_settled_change() returns trigger language plpgsql as $$
begin
  new.change := null;
  return new;
end $$;
create trigger settled_change_forgotten before update of settled_at on register_work
  for each row when (new.settled_at is not null) execute function forget_settled_change();
update register_work set settled_at = settled_at where settled_at is not null;

-- One change can be followed twice by revocations: lines of one name and other content are decided by people.
alter table register_notification drop constraint register_notification_pkey,
  add primary key (sequence, feed, municipality, recorded_at, authority);
