import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { tryQuery, type Tried } from "@/api/behaviour";
import { asProblem } from "@/api/problem";
import { Empty } from "@/components/Empty";
import { Failure } from "@/components/Failure";
import { Loading } from "@/components/Loading";
import { useProjectId, useUrlState } from "@/hooks/url_state";
import { Attribution } from "./Attribution";
import { Neighbours } from "./Neighbours";
import { Prediction } from "./Prediction";
import type { TrySearch } from "./search";
import styles from "./Sentence.module.css";
import { SentenceForm } from "./SentenceForm";
import { INTENT } from "./SourceChoice";
import { Variants } from "./Variants";

const NOT_ANALYSED = 409;

/** One sentence: what a model takes it for, why, what is like it, and what would change the answer. */
export function Sentence() {
  const id = useProjectId();
  const [{ text = "", source = "own", service = INTENT }] = useUrlState<TrySearch>();
  const query = useQuery(tryQuery(id, text, { source, service }));
  return (
    <div className={styles.page}>
      <SentenceForm busy={query.isFetching} />
      <div role="status" className="unseen">
        {query.data && `${query.data.label}, ${Math.round(query.data.confidence * 100)} percent`}
      </div>
      {text === "" ? (
        <Empty title="Type a sentence">
          <p className="soft">
            You see what the model takes it for, which words that rests on, the rows that are like it, and small changes
            that would make it another class.
          </p>
        </Empty>
      ) : query.isError && asProblem(query.error).status === NOT_ANALYSED ? (
        <Empty title="No model yet">
          <p>{asProblem(query.error).detail}</p>
          <Link to="/">To the projects, to begin an analysis</Link>
        </Empty>
      ) : query.isError ? (
        <Failure error={query.error} title="The model gave no answer" onRetry={() => void query.refetch()} />
      ) : query.data ? (
        <Results text={text} tried={query.data} project={id} />
      ) : (
        <Loading label="the answer" lines={6} />
      )}
    </div>
  );
}

function Results({ text, tried, project }: { text: string; tried: Tried; project: string }) {
  return (
    <div className={styles.results}>
      <div className={styles.column}>
        <Prediction tried={tried} project={project} />
        <Neighbours tried={tried} project={project} />
      </div>
      <div className={styles.column}>
        <Attribution key={text} text={text} tried={tried} />
        <Variants tried={tried} />
      </div>
    </div>
  );
}
