// Who is signed in, and which workspace was looked at last. A token is kept until the last tab with it is closed, or on this device
// if the person says so: a new tab asks those that are open.

const TOKEN = "muster.token";
const WORKSPACE = "muster.workspace";
const ANSWER_AT_MOST = 300;

const tabs = new BroadcastChannel("muster.session");

export const session = {
  get token() {
    return sessionStorage.getItem(TOKEN) ?? localStorage.getItem(TOKEN);
  },

  keep(token, onDevice) {
    this.forget();
    (onDevice ? localStorage : sessionStorage).setItem(TOKEN, token);
  },

  /** The token of another tab of this page, or null where none answers: a tab that is open answers at once. */
  ofAnotherTab() {
    return new Promise((resolve) => {
      const answered = (token) => {
        tabs.removeEventListener("message", hear);
        if (token) sessionStorage.setItem(TOKEN, token);
        resolve(token);
      };
      const hear = ({ data }) => data.token && !data.left && answered(data.token);
      tabs.addEventListener("message", hear);
      tabs.postMessage({ asks: true });
      setTimeout(answered, ANSWER_AT_MOST, null);
    });
  },

  /** Signs the other tabs with this token out too. */
  leave() {
    tabs.postMessage({ token: this.token, left: true });
    this.forget();
  },

  /** @param left is told that a tab with the same token has signed out */
  listen(left) {
    tabs.addEventListener("message", ({ data }) => {
      const { token } = this;
      if (data.asks && token) tabs.postMessage({ token });
      if (data.left && token === data.token) left();
    });
  },

  forget() {
    for (const storage of [sessionStorage, localStorage]) storage.removeItem(TOKEN);
  },

  get workspace() {
    return sessionStorage.getItem(WORKSPACE) ?? localStorage.getItem(WORKSPACE);
  },

  set workspace(id) {
    sessionStorage.setItem(WORKSPACE, id);
    localStorage.setItem(WORKSPACE, id);
  },
};
