// Who is signed in, and which workspace was looked at last. A token is kept for this tab, or on this device if the person says so.

const TOKEN = "muster.token";
const WORKSPACE = "muster.workspace";

export const session = {
  get token() {
    return sessionStorage.getItem(TOKEN) ?? localStorage.getItem(TOKEN);
  },

  keep(token, onDevice) {
    this.forget();
    (onDevice ? localStorage : sessionStorage).setItem(TOKEN, token);
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
