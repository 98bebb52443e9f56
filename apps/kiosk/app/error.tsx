"use client";

/** A page that broke says so and offers a fresh start; the case itself is kept by the server. */
export default function ErrorPage() {
  return (
    <main className="flex flex-col gap-4 p-8" role="alert">
      <h1 className="text-std-28B-150">画面を表示できません</h1>
      <p className="text-std-20N-150">
        手続の内容は保存されています。読みこみ直しても同じときは、管理者に連絡してください。
      </p>
      <p className="text-std-20N-150" lang="en">
        This screen cannot be shown. Nothing is lost. Please call a member of staff.
      </p>
      <button
        type="button"
        className="min-h-16 w-fit rounded-12 bg-blue-900 px-6 text-std-24B-150 text-white"
        onClick={() => window.location.reload()}
      >
        読みこみ直す / Reload
      </button>
    </main>
  );
}
