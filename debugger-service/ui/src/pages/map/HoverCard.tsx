import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { rowQuery } from "@/api/project_data";
import { UserText } from "@/components/UserText";
import { useProjectId } from "@/hooks/url_state";
import { RowLabels } from "./RowLabels";
import type { Size, Spot } from "./view";
import styles from "./MapCanvas.module.css";

const REST_MS = 70;
const FRESH_MS = 60_000;
const WIDE = 320;
const HIGH = 120;
const AWAY = 14;

interface Props {
  number: number;
  at: Spot;
  size: Size;
}

/** The text of the row under the pointer, once that rests. */
export function HoverCard({ number, at, size }: Props) {
  const wanted = useRested(number);
  const { data: row } = useQuery({ ...rowQuery(useProjectId(), wanted), enabled: wanted > 0, staleTime: FRESH_MS });
  if (row?.number !== number) return null;
  const left = at.x + AWAY + WIDE > size.width ? Math.max(8, at.x - AWAY - WIDE) : at.x + AWAY;
  const top = at.y + AWAY + HIGH > size.height ? Math.max(8, at.y - AWAY - HIGH) : at.y + AWAY;
  return (
    <div className={styles.card} style={{ left, top }}>
      <UserText lines={3}>{row.text}</UserText>
      <RowLabels row={row} />
    </div>
  );
}

/** The number as soon as it has not changed for a moment; 0 before. */
function useRested(number: number): number {
  const [rested, setRested] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setRested(number), REST_MS);
    return () => clearTimeout(timer);
  }, [number]);
  return rested;
}
