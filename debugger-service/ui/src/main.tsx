import "../../../shared/shared/static/flotilla.css";
import "./styles/app.css";

import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode, startTransition } from "react";
import { createRoot } from "react-dom/client";
import { newCache } from "./api/cache";
import { newRouter } from "./router";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

const cache = newCache();

const app = (
  <StrictMode>
    <QueryClientProvider client={cache}>
      <RouterProvider router={newRouter(cache)} />
    </QueryClientProvider>
  </StrictMode>
);

// In slices, as a transition, so that a slow device answers taps and keys meanwhile.
startTransition(() => {
  createRoot(root).render(app);
});
