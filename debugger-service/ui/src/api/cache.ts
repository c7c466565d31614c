import { QueryClient } from "@tanstack/react-query";
import { asProblem } from "./problem";

const MOST_RETRIES = 2;
const FRESH_MS = 10_000;

/** The cache of answers: asks again only where that may help. */
export function newCache(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        retry: (failures, error) => failures < MOST_RETRIES && asProblem(error).mayPass,
      },
      mutations: { retry: false },
    },
  });
}
