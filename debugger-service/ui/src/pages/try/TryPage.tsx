import { Page } from "@/components/Page";
import { Tabs } from "@/components/Tabs";
import { useUrlState } from "@/hooks/url_state";
import { BehaviourTests } from "./BehaviourTests";
import type { TrySearch } from "./search";
import { Sentence } from "./Sentence";

const TABS = [
  { id: "sentence", title: "A sentence" },
  { id: "tests", title: "Behavioural tests" },
] as const;

/** What a model makes of any sentence, and how it behaves when texts hardly change. */
export function TryPage() {
  const [{ view = "sentence" }, setSearch] = useUrlState<TrySearch>();
  return (
    <Page title="Try it">
      <Tabs label="What to try" tabs={TABS} selected={view} onSelect={(next) => setSearch({ view: next })} />
      {view === "sentence" ? <Sentence /> : <BehaviourTests />}
    </Page>
  );
}
