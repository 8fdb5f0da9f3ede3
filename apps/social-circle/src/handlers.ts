import type { EventOf } from '@agon/contracts';
import { reader, streamId } from '@agon/contracts';
import { Decisions, type Handled, MessageContext, OnEvent } from '@agon/messaging';
import { Tellings } from '@agon/service-kit';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import * as circle from './circle/circle.ts';

/** Message → command. The circle hears of what conflict-flow has accepted, and of who is present. */
@Controller()
export class Handlers {
  constructor(
    private readonly decisions: Decisions,
    private readonly tellings: Tellings,
  ) {}

  @OnEvent('ConflictCreated')
  conflictCreated(@Payload() { data }: EventOf<'ConflictCreated'>, @Ctx() context: MessageContext): Promise<Handled> {
    const { conflictId, cast } = data;
    return this.tell(context, (telling) => [{ type: 'NoteConflict', conflictId, cast, telling }]);
  }

  @OnEvent('ActApplied')
  actApplied(@Payload() { data }: EventOf<'ActApplied'>, @Ctx() context: MessageContext): Promise<Handled> {
    const { conflictId, socialAct: act, npcId, targetNpcId, cast } = data;
    const actor = cast.find((npc) => npc.npcId === npcId);
    const target = cast.find((npc) => npc.npcId === targetNpcId);
    return this.tell(context, (telling) =>
      act === null || actor === undefined ? [] : [{ type: 'NoteAct', conflictId, act, actor, target, telling }],
    );
  }

  @OnEvent('ConflictResolved')
  resolved(@Payload() { data }: EventOf<'ConflictResolved'>, @Ctx() context: MessageContext): Promise<Handled> {
    const { conflictId, resolution, cast } = data;
    return this.tell(context, (telling) => [{ type: 'NoteResolution', conflictId, resolution, cast, telling }]);
  }

  @OnEvent('SceneSynced')
  sceneSynced(@Payload() { data }: EventOf<'SceneSynced'>, @Ctx() context: MessageContext): Promise<Handled> {
    return this.tell(context, (telling) => [{ type: 'ObserveScene', present: data.cast, telling }]);
  }

  private tell(
    { event }: MessageContext,
    commands: (telling: ReturnType<Tellings['of']>) => circle.CircleCommand[],
  ): Promise<Handled> {
    const streams = { circle: circleOf(event.storyId) };
    return this.decisions.handle(event, streams, (states) => [
      {
        stream: 'circle',
        events: commands(this.tellings.of(event, 'circle')).flatMap((command) => circle.decide(command, states.circle)),
      },
    ]);
  }
}

const selectCircle = reader(circle.CIRCLE_EVENTS);

const circleOf = (storyId: string) => ({
  streamId: streamId('circle', storyId),
  decider: circle.decider,
  select: selectCircle,
});
