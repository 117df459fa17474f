/** How menus look. */
export const MENU_BOX =
  'z-50 min-w-52 animate-rise rounded-lg border border-line bg-raised p-1 shadow-float focus:outline-none'
export const MENU_ITEM =
  'flex cursor-pointer select-none items-center gap-2 rounded-md px-2 py-1.5 outline-none data-highlighted:bg-hover'
export const MENU_LABEL = 'px-2 py-1 text-2xs text-faint font-medium'
