/** What a caller hears of an error. */
import { IssuanceUnderWay, LedgerUnavailable, SigningUnavailable } from "@mitome/ca";
import { TRPCError } from "@trpc/server";
import { fieldOf } from "./wrong-field.ts";

/** What every error says: a code, the wrong field if one is, and never a value of the caller's or a driver's words. */
export const errorShape = ({ shape, error }: { shape: { code: number; data: object }; error: TRPCError }) => ({
  code: shape.code,
  message: error.code,
  data: { code: error.code, field: fieldOf(error), retryable: error.code === "SERVICE_UNAVAILABLE" },
});

/** The error as it is said: that the world is unable for now is safe to send again. */
export function worldly(error: TRPCError): TRPCError {
  const { cause } = error;
  const unable =
    cause instanceof SigningUnavailable || cause instanceof LedgerUnavailable || cause instanceof IssuanceUnderWay;
  return unable ? new TRPCError({ code: "SERVICE_UNAVAILABLE", cause }) : error;
}
