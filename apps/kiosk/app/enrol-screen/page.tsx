import { EnrolScreen } from "../../screens/enrol-screen.tsx";

export default function Page() {
  return <EnrolScreen />;
}
