import { Link } from "@tanstack/react-router";
import { Empty } from "@/components/Empty";

export function NotFound() {
  return (
    <Empty title="There is no such page">
      <p>The address may be incomplete.</p>
      <Link to="/">To the projects</Link>
    </Empty>
  );
}
