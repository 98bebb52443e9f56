// The signer's side of its sockets: frames and requests.
export { encodeFrame, FrameReader, MalformedFrame, writeTogether } from "./frames.ts";
export {
  type AuthorityRequest,
  authorityRequest,
  type CardsRequest,
  cardsRequest,
  type ExpectedList,
  type OperatorRequest,
  operatorRequest,
} from "./signer-protocol.ts";
