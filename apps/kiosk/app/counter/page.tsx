import { Counter } from "../../screens/counter/counter.tsx";

export default function Page() {
  return <Counter />;
}
