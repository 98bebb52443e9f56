import { Resident } from "../../screens/resident/resident.tsx";

export default function Page() {
  return <Resident />;
}
