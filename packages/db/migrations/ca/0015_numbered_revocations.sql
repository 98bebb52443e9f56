-- Revocations by number, those `after` one `through` another, 38 octets each: serial number, instant of revocation, end of
-- the certificate, and the reason's place among `reasons`. A function, because COPY has no statement planned once.
create function numbered_revocations(
  of_authority text, of_generation integer, of_partition text, after bigint, through bigint, reasons text[]
) returns bytea language plpgsql stable as $$
begin
  return (
    select string_agg(decode(lpad(serial, 40, '0'), 'hex') || timestamptz_send(revoked_at) || timestamptz_send(not_after)
      || int2send(array_position(reasons, reason)::smallint), '')
    from (
      select serial, revoked_at, reason, not_after from ca.revoked_certificate
      where partition = of_partition and generation = of_generation and authority = of_authority
        and sequence > after and sequence <= through
      order by sequence
    ) entries
  );
end $$;
