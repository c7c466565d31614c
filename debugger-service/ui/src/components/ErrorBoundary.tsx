import { Component, type ReactNode } from "react";
import { Failure } from "./Failure";

interface State {
  error: unknown;
}

/** Keeps a part that breaks from taking the page with it. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return <Failure error={this.state.error} title="This part broke" onRetry={() => this.setState({ error: null })} />;
  }
}
