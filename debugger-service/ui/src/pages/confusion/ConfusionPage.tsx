import { Empty } from "@/components/Empty";
import { Page } from "@/components/Page";

export function ConfusionPage() {
  return (
    <Page title="Confusion">
      <Empty title="This page is not built yet" />
    </Page>
  );
}
