import { Outlet } from "@tanstack/react-router";
import { useState } from "react";
import { ErrorBoundary } from "@/components/ErrorBoundary";
import { later } from "@/components/later";
import { useKeys } from "@/hooks/keys";
import { AuthorDialog } from "./AuthorDialog";
import { Header } from "./Header";
import { LiveJobs } from "./LiveJobs";
import { OfflineBanner } from "./OfflineBanner";
import styles from "./Shell.module.css";
import { Toasts } from "./Toasts";

const KeyboardHelp = later(async () => (await import("./KeyboardHelp")).KeyboardHelp);

/** What is around every page. */
export function Shell() {
  const [isHelping, setIsHelping] = useState(false);
  useKeys("Everywhere", [{ key: "?", title: "Show the keys", run: () => setIsHelping(true) }]);
  return (
    <>
      <a
        className={styles.skip}
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        Skip to the content
      </a>
      <Header onHelp={() => setIsHelping(true)} />
      <OfflineBanner />
      <main id="main" tabIndex={-1} className={styles.main}>
        <ErrorBoundary>
          <Outlet />
        </ErrorBoundary>
      </main>
      <LiveJobs />
      <AuthorDialog />
      {isHelping && <KeyboardHelp onClose={() => setIsHelping(false)} />}
      <Toasts />
    </>
  );
}
